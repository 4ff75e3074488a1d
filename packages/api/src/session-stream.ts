/** A stream that goes on as long as `isAllowed`: each piece is asked about before it gets out. */
export function endUnless(
  body: ReadableStream<Uint8Array>,
  isAllowed: () => Promise<boolean>,
): ReadableStream<Uint8Array> {
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      async transform(piece, controller) {
        if (await isAllowed().catch(() => false)) controller.enqueue(piece)
        else controller.terminate()
      },
    }),
  )
}
