import { assert, constantFrom, property, string } from 'fast-check'
import { expect, it } from 'vitest'
import { CHOICES, defaultsFor } from '../../../create-tidemark/src/choices.ts'
import { targetOf } from '../../../create-tidemark/src/target.ts'
import { UsageError } from '../../../create-tidemark/src/usage-error.ts'

const of = (given: string) => targetOf(given, '/work/My Shop', ['tidemark', 'fastify'])

it.each([
  ['shop', '/work/My Shop/shop', 'shop', 'shop', 'shop'],
  ['.', '/work/My Shop', 'my-shop', 'my-shop', 'myshop'],
  ['../other/', '/work/other', 'other', 'other', 'other'],
  ['Web_Shop.v2', '/work/My Shop/Web_Shop.v2', 'web_shop.v2', 'web-shop-v2', 'webshopv2'],
  ['.hidden', '/work/My Shop/.hidden', 'hidden', 'hidden', 'hidden'],
  ['@Acme/Shop', '/work/My Shop/@Acme/Shop', '@acme/shop', 'shop', 'shop'],
  ['2nd-shop', '/work/My Shop/2nd-shop', '2nd-shop', '2nd-shop', 'ndshop'],
  ['fastify', '/work/My Shop/fastify', 'fastify-service', 'fastify', 'fastify'],
  ['node_modules', '/work/My Shop/node_modules', 'service', 'service', 'service'],
  ['бутик', '/work/My Shop/бутик', 'service', 'service', 'service'],
])('names a project in %s', (given, folder, packageName, slug, word) => {
  expect(of(given)).toEqual({ folder, packageName, slug, word })
})

it.each(['', '  ', 'a\u0007b', 'a\nb'])('refuses %j as a folder', (given) => {
  expect(() => of(given)).toThrow(UsageError)
})

it('makes valid names of every folder that it takes', () => {
  assert(
    property(string({ unit: constantFrom(...'aZ09@/._-~ \\%é\u0000б😀'), maxLength: 80 }), (given) => {
      try {
        const { packageName, slug, word } = of(given)
        expect(packageName).toMatch(/^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/)
        expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
        expect(CHOICES.uri.isValid(defaultsFor(word).uri)).toBe(true)
      } catch (error) {
        if (!(error instanceof UsageError)) throw error
      }
    }),
  )
})
