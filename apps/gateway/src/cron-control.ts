import type { CronControl, CronJobStatus } from '@junctor/api'
import { describeSchedule, type CronJob, type CronJobs } from '@junctor/gateway'

/** The cron jobs as the HTTP surface sees them. */
export function createCronControl(cron: CronJobs): CronControl {
  return {
    list: async (agentId) => (await cron.list(agentId)).map(statusOf),
    async add(agentId, { deliverTo: address, ...wanted }) {
      const answerTo =
        address === undefined ? {} : { answerTo: { address, recipientId: address.peer.id } }
      return statusOf(await cron.add(agentId, { ...wanted, ...answerTo }))
    },
    remove: (agentId, jobId) => cron.remove(agentId, jobId),
    run: async (agentId, jobId) => statusOf(await cron.run(agentId, jobId)),
  }
}

function statusOf({ schedule, answerTo, createdAt: _, ...job }: CronJob): CronJobStatus {
  const goal = answerTo === undefined ? {} : { deliverTo: answerTo.address }
  return { ...job, schedule: describeSchedule(schedule), ...goal }
}
