import type { Telemetry } from '../core/telemetry/telemetry.ts'

/**
 * Telemetry through OpenTelemetry, if its API is installed. Where it is sent is up to the providers that were
 * registered earlier, for instance by a file that is given to `node --import`.
 */
export async function findTelemetry(): Promise<Telemetry | undefined> {
  try {
    const { openTelemetry } = await import('../opentelemetry/index.ts')
    return openTelemetry()
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

const isAbsent = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  error.code === 'ERR_MODULE_NOT_FOUND' &&
  error.message.includes("'@opentelemetry/api'")
