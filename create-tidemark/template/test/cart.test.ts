import { test } from 'node:test'
import { given } from 'tidemark/testing'
import { addItem, cart, cartEvents, checkOut } from '../src/cart/cart.ts'

const tea = { sku: 'tea', quantity: 2 }
const teaAdded = cartEvents.create('ItemAdded', tea)
const checkedOut = cartEvents.create('CheckedOut', { items: [tea] })

test('an item is added to an empty cart', () => given(cart).when(addItem(tea)).then(teaAdded))

test('a cart is checked out with its items', () => given(cart, teaAdded).when(checkOut).then(checkedOut))

test('checking out again changes nothing', () => given(cart, teaAdded, checkedOut).when(checkOut).then())

test('an empty cart cannot be checked out', () => given(cart).when(checkOut).thenThrows('CartIsEmpty'))

test('nothing is added to a cart that is checked out', () =>
  given(cart, teaAdded, checkedOut).when(addItem(tea)).thenThrows('CartIsCheckedOut'))
