// What the dashboard of the demo shows the states of.
export { customer } from './domain/customers/customer.ts'
export { meter } from './domain/meters/meter.ts'
