import { expect, test } from 'vitest'
import { parseAnchorAddresses } from '../../../../src/open/chain/anchor-address.ts'

const KEY = 'witness.example/w+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'

test('anchors are folders, programs and witnesses, separated by commas', () => {
  const text = `file:./heads, command:/usr/local/bin/anchor,https://witness.example/w+${KEY}`
  expect(parseAnchorAddresses(text, 'CHAIN_ANCHORS')).toEqual([
    { kind: 'file', folder: './heads' },
    { kind: 'command', program: '/usr/local/bin/anchor' },
    { kind: 'witness', url: 'https://witness.example/w', verifierKey: KEY },
  ])
})

test('the plus signs in the key of a witness do not end it', () => {
  const key = 'w+530d903a+BO+yeR+m56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'
  const [address] = parseAnchorAddresses(`http://127.0.0.1:8080+${key}`, 'CHAIN_ANCHORS')
  expect(address).toEqual({ kind: 'witness', url: 'http://127.0.0.1:8080', verifierKey: key })
})

test.each(['', './heads', 'file:', 'command:', 'file:./heads,', 'https://witness.example', 'ftp://w+a+00000000+b'])(
  'the anchor %j is refused by the name of its setting',
  (text) => {
    expect(() => parseAnchorAddresses(text, 'CHAIN_ANCHORS')).toThrow(
      expect.objectContaining({ code: 'InvalidConfiguration', setting: 'CHAIN_ANCHORS' }),
    )
  },
)
