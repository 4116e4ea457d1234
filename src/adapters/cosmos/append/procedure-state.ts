/** Why a stored procedure did not work. */
export type ProcedureFault = 'missing' | 'denied' | 'timeout' | 'budget' | 'error'

/** Whether the stored procedures of a handle can be used at present. */
export type ProcedureState = {
  /** Milliseconds since 1970 until which they are not tried. */
  avoidedUntil: number
}
