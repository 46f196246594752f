// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
// A PPS source without hardware: one assert edge at each full second of the kernel's real time
// clock as it would be if it were right, which is what the parameter `lead` says of it.
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/pps_kernel.h>
#include <linux/timekeeping.h>

static struct pps_device *source;
static struct hrtimer timer;
/* The next edge by the raw monotonic clock: a pulse that does not follow the clock it sets. */
static ktime_t next_edge;

static long lead;
module_param(lead, long, 0);
MODULE_PARM_DESC(lead, "ns that the clock is ahead when the module is loaded");

static struct pps_source_info info = {
	.name = "pulse",
	.path = "",
	.mode = PPS_CAPTUREASSERT | PPS_OFFSETASSERT | PPS_CANWAIT | PPS_TSFMT_TSPEC,
	.owner = THIS_MODULE,
};

/* The timers run on CLOCK_MONOTONIC, which is steered with the clock: aim anew at each edge. */
static ktime_t until_edge(void)
{
	return ktime_sub(next_edge, ktime_get_raw());
}

static enum hrtimer_restart beat(struct hrtimer *unused)
{
	struct pps_event_time stamp;
	ktime_t late;

	pps_get_ts(&stamp);
	late = ktime_sub(ktime_get_raw(), next_edge);
	/* The edge was when it was due, however late the emulator is. */
	stamp.ts_real = ktime_to_timespec64(ktime_sub(timespec64_to_ktime(stamp.ts_real), late));
	pps_event(source, &stamp, PPS_CAPTUREASSERT, NULL);
	next_edge = ktime_add_ns(next_edge, NSEC_PER_SEC);
	hrtimer_forward_now(&timer, until_edge());
	return HRTIMER_RESTART;
}

static int __init pulse_init(void)
{
	ktime_t real;

	source = pps_register_source(&info, PPS_CAPTUREASSERT | PPS_OFFSETASSERT);
	if (IS_ERR(source))
		return PTR_ERR(source);
	real = ktime_sub_ns(ktime_get_real(), lead);
	next_edge = ktime_add_ns(ktime_get_raw(), 2 * NSEC_PER_SEC - ktime_to_ns(real) % NSEC_PER_SEC);
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	timer.function = beat;
	hrtimer_start(&timer, until_edge(), HRTIMER_MODE_REL);
	return 0;
}

static void __exit pulse_exit(void)
{
	hrtimer_cancel(&timer);
	pps_unregister_source(source);
}

module_init(pulse_init);
module_exit(pulse_exit);
MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("A PPS source that beats once a second");
