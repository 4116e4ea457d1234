export { type ProcedureAnswer, type ProcedureOptions, runProcedure } from './run-procedure.ts'
