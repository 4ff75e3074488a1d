/** An answer that says what went wrong, in the shape that every answer of the gateway has. */
export function failure(status: number, code: string, message: string): Response {
  return Response.json({ error: { code, message } }, { status })
}
