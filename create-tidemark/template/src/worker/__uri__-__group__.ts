import { defineConsumer } from 'tidemark/messaging'
import { contract } from '../contract.ts'

/** What the group `transit` does with each call: in order for each cart, and at least once. */
export default defineConsumer(contract, {
  group: 'transit',
  from: 'start',
  on: {
    // To call another system, pass it `key`, which is the same at each attempt. If this throws, it is tried again.
    checkedOut: ({ cartId, items }, { key }) => {
      console.log(`transit: cart ${cartId} is checked out, ${items.length} item(s) to send (${key})`)
    },
  },
})
