import { defineProjection, idOf } from 'tidemark'
import { cartEvents } from '../cart/cart.ts'

/** One view for each cart. After a change, raise `version`: the worker then builds the views anew beside the old ones. */
export default defineProjection('cart-overview', {
  version: 1,
  events: cartEvents,
  key: ({ streamId }) => idOf(streamId),
  initial: () => ({ pieces: 0, checkedOut: false }),
  on: {
    ItemAdded: (view, { data }) => ({ ...view, pieces: view.pieces + data.quantity }),
    CheckedOut: (view) => ({ ...view, checkedOut: true }),
  },
})
