import { z } from 'zod'

/** The path of a customer's routes. The domain checks the id, with its own error. */
export const customerParams = z.object({ id: z.string() })

/** The response to every write about a customer. */
export const customerAnswer = z.object({ customerId: z.string(), streamId: z.string(), version: z.int() })

/** A customer; once forgotten, with stand-ins in place of personal data. */
export const shownCustomer = z.object({
  customerId: z.string(),
  name: z.string(),
  email: z.string(),
  address: z.string(),
  meters: z.array(z.string()).describe('The ids of the meters'),
  forgotten: z.boolean(),
})
