"""Jobs about the jobs themselves."""

from procrastinate import JobContext
from procrastinate.contrib.django import app

SILENCE = 30  # seconds without a sign of life after which a worker counts as dead


@app.periodic(cron="* * * * *")
@app.task(name="ui.take_up_stalled", queueing_lock="ui.take_up_stalled", pass_context=True)
async def take_up_stalled(context: JobContext, timestamp: int) -> None:
    """What a killed worker had in hand goes back to the queue: every job is safe to run twice."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENCE):
        await manager.retry_job(job)


@app.periodic(cron="23 3 * * *")
@app.task(name="ui.forget_done", queueing_lock="ui.forget_done", pass_context=True)
async def forget_done(context: JobContext, timestamp: int) -> None:
    """The queue's table keeps three days of finished jobs; what happened is in the journal."""
    await context.app.job_manager.delete_old_jobs(nb_hours=72, include_failed=False)
