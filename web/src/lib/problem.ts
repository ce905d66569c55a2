/** What went wrong, as RFC 9457 says it, or as the network did. */

export interface FieldError {
  field: string
  code: string
  message: string
}

export interface ProblemBody {
  title?: string
  status?: number
  detail?: string
  code?: string
  errors?: FieldError[]
}

/** An answer of the server that is not the wanted one. */
export class ProblemError extends Error {
  override name = 'ProblemError'
  readonly status: number
  readonly code: string
  readonly errors: FieldError[]
  /** What support asks for: the trace of the request. */
  readonly trace: string | null

  constructor(status: number, body: ProblemBody, trace: string | null = null) {
    super(body.detail ?? body.title ?? `HTTP ${status}`)
    this.status = status
    this.code = body.code ?? `HTTP_${status}`
    this.errors = body.errors ?? []
    this.trace = trace
  }

  /** The server's answer stands: asking again brings no other. */
  get isFinal(): boolean {
    return this.status < 500
  }
}

/** The server was not reached at all. */
export class OfflineError extends Error {
  override name = 'OfflineError'
}

/** Read a failed response into a ProblemError; a body that is no problem document still gives one. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const trace = response.headers.get('x-request-id') ?? traceId(response.headers.get('traceparent'))
  try {
    return new ProblemError(response.status, (await response.json()) as ProblemBody, trace)
  } catch {
    return new ProblemError(response.status, {}, trace)
  }
}

/** Under a label, which names the field already: `code sudah dipakai: SOLAR.` is said as `Sudah dipakai: SOLAR.` */
export function underLabel(error: FieldError): FieldError {
  const { field, message } = error
  if (!message.startsWith(`${field} `)) return error
  const rest = message.slice(field.length + 1)
  return { ...error, message: rest.charAt(0).toUpperCase() + rest.slice(1) }
}

function traceId(traceparent: string | null): string | null {
  return traceparent?.split('-')[1] ?? null
}

/** The last part of a field's path: `items.3.volume_l` and `body.volume_l` are `volume_l`. */
export function fieldName(path: string): string {
  return path.split('.').at(-1) ?? path
}
