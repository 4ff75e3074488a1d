import { JunctorError } from '@junctor/errors'
import { toSettings } from '../workbenches.ts'
import { placed, type Finding, type World } from './finding.ts'

/** Containers for the agents that ask for a sandbox: the engine answers, and has their image. */
export async function checkDocker(world: World): Promise<readonly Finding[]> {
  const wanted = await Promise.all(
    world.config.agents.list.map(async ({ id, sandbox }, index) => ({
      id,
      index,
      isWanted: sandbox.mode !== 'off',
      image: sandbox.mode === 'off' ? '' : (await toSettings(sandbox)).image,
    })),
  )
  const agents = wanted.filter(({ isWanted }) => isWanted)
  if (agents.length === 0) return []
  const { missingImages } = await import('@junctor/sandbox')
  try {
    const missing = await missingImages([...new Set(agents.map(({ image }) => image))])
    return agents.map(({ id, index, image }): Finding => {
      const about = { code: 'DOCKER', subject: `sandbox of ${id}` } as const
      if (!missing.includes(image))
        return { ...about, severity: 'ok', message: `the image ${image} is there` }
      const message = `the image ${image} is not on this machine, so its tools are refused`
      const hint = `docker pull ${image}`
      return placed({ ...about, severity: 'error', message, hint }, world, sandboxPath(index))
    })
  } catch (error) {
    if (!JunctorError.isInstance(error)) throw error
    return agents.map(({ id, index }) =>
      placed(
        { severity: 'error', code: 'DOCKER', subject: `sandbox of ${id}`, message: error.message },
        world,
        sandboxPath(index),
      ),
    )
  }
}

function sandboxPath(index: number): readonly (string | number)[] {
  return ['agents', 'list', index, 'sandbox']
}
