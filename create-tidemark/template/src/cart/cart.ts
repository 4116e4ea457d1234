import { type CommandOf, defineAggregate, defineEvents } from 'tidemark'
import { z } from 'zod'

const Item = z.object({ sku: z.string().min(1).max(50), quantity: z.int().min(1).max(100) })

export type Item = z.infer<typeof Item>

export const cartEvents = defineEvents({
  ItemAdded: Item,
  CheckedOut: z.object({ items: z.array(Item) }),
})

type Cart = { readonly items: readonly Item[]; readonly checkedOut: boolean }

const empty: Cart = { items: [], checkedOut: false }

export const cart = defineAggregate({
  category: 'cart',
  events: cartEvents,
  initial: empty,
  evolve: {
    ItemAdded: (state, { data }) => ({ ...state, items: [...state.items, data] }),
    CheckedOut: (state) => ({ ...state, checkedOut: true }),
  },
})

/** A command that the state of the cart does not allow. */
export class CartRefusal extends Error {
  readonly code: 'CartIsCheckedOut' | 'CartIsEmpty'

  constructor(code: CartRefusal['code'], message: string) {
    super(message)
    this.code = code
  }
}

// Commands are pure: they take the state and return what happened, which is validated before it is stored.

export const addItem =
  (item: Item): CommandOf<typeof cart> =>
  ({ checkedOut }) => {
    if (checkedOut) throw new CartRefusal('CartIsCheckedOut', 'Nothing can be added: the cart is checked out')
    return cartEvents.create('ItemAdded', item)
  }

/** Checking out twice changes nothing. */
export const checkOut: CommandOf<typeof cart> = ({ items, checkedOut }) => {
  if (checkedOut) return []
  if (items.length === 0) throw new CartRefusal('CartIsEmpty', 'There is nothing to check out: the cart is empty')
  return cartEvents.create('CheckedOut', { items: [...items] })
}
