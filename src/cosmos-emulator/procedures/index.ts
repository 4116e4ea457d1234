export { type ProcedureAnswer, type ProcedureOptions, runProcedure, type ServerCall } from './run-procedure.ts'
