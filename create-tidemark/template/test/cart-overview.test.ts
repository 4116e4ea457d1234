import { test } from 'node:test'
import { givenEvents } from 'tidemark/testing'
import cartOverview from '../src/worker/cart-overview.ts'

const tea = { streamId: 'cart:1', type: 'ItemAdded', data: { sku: 'tea', quantity: 2 } }
const cups = { streamId: 'cart:1', type: 'ItemAdded', data: { sku: 'cup', quantity: 4 } }
const checkedOut = { streamId: 'cart:1', type: 'CheckedOut', data: { items: [] } }

test('the overview counts the pieces of a cart', () =>
  givenEvents(cartOverview, [tea, cups]).thenView('1', { pieces: 6, checkedOut: false }))

test('the overview shows that a cart is checked out', () =>
  givenEvents(cartOverview, [tea, checkedOut]).thenView('1', { pieces: 2, checkedOut: true }))
