import { asked, connectEngine, isMissing, type EngineOptions } from './engine.ts'

/** Which of these images the container engine has not. Throws `WorkbenchError` `UNAVAILABLE` when it does not answer. */
export async function missingImages(
  images: readonly string[],
  options?: EngineOptions,
): Promise<readonly string[]> {
  const docker = connectEngine(options)
  await asked('asking the container engine', docker.ping())
  const missing: string[] = []
  for (const image of images) {
    const found = docker
      .getImage(image)
      .inspect()
      .then(
        () => true,
        (error: unknown) => {
          if (isMissing(error)) return false
          throw error
        },
      )
    if (!(await asked(`looking for the image ${image}`, found))) missing.push(image)
  }
  return missing
}
