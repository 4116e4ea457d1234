/** Why a stored procedure did not do its work. */
export type ProcedureFault = 'missing' | 'denied' | 'timeout' | 'budget' | 'error'

/** Whether the stored procedures of a handle are of use at present. */
export type ProcedureState = {
  /** Milliseconds since 1970 until which they are left alone. */
  avoidedUntil: number
}
