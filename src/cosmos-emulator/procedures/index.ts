export { type ProcedureOptions, runProcedure } from './run-procedure.ts'
