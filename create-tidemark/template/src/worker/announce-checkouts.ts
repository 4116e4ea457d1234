import { defineReaction, idOf, type Storage } from 'tidemark'
import { producer } from 'tidemark/messaging'
import { cartEvents } from '../cart/cart.ts'
import { contract } from '../contract.ts'

/** Makes calls of the contract from events of carts, so that these can change without a change for others. */
export default (storage: Storage) => {
  const send = producer(storage, contract)
  return defineReaction('announce-checkouts', {
    events: cartEvents,
    // Not with what happens from now on, so that nothing is missed before the first worker runs.
    from: 'start',
    on: {
      // The key is the same at each attempt: what was sent already is not sent again.
      CheckedOut: ({ streamId, data }, { idempotencyKey }) =>
        send.checkedOut({ cartId: idOf(streamId), items: data.items }, { id: idempotencyKey }),
    },
  })
}
