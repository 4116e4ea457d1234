export { createDashboard, type Dashboard } from './create-dashboard.ts'
export type { DashboardOptions } from './options.ts'
export type { Tokens } from './server/access/tokens.ts'
export type { Handler } from './server/handler.ts'
