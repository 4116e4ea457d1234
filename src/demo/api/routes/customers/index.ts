import type { Route } from '../../api.ts'
import { forgetCustomer } from './forget-customer.ts'
import { getContract } from './get-contract.ts'
import { getCustomer } from './get-customer.ts'
import { listCustomers } from './list-customers.ts'
import { putContract } from './put-contract.ts'
import { registerCustomer } from './register-customer.ts'

/** All routes about customers, in the order of the documentation. */
export const customerRoutes: readonly Route[] = [
  registerCustomer,
  getCustomer,
  listCustomers,
  putContract,
  getContract,
  forgetCustomer,
]
