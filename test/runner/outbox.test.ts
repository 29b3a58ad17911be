import { once } from 'node:events'
import { expect, test } from 'vitest'
import { digestValue } from '../../base/digest.ts'
import { Outbox } from '../../runner/host/outbox.ts'
import type { FromHost } from '../../runner/host/protocol.ts'

const item = (n: number): FromHost => {
  const digest = digestValue('item', n)
  return { type: 'item', item: digest, stored: { digest, bytes: n }, wallMs: n }
}
const ready: FromHost = { type: 'ready' }

test('messages keep their order; one of another kind takes the gathered ones along', () => {
  const posts: (readonly FromHost[])[] = []
  const { send } = new Outbox((messages) => posts.push(messages))
  for (const message of [item(1), item(2), item(3), ready]) send(message)
  expect(posts[0]).toEqual([item(1)])
  expect(posts.flat()).toEqual([item(1), item(2), item(3), ready])
})

test('what is gathered is sent soon where nothing follows', async () => {
  const arrived = new EventTarget()
  const posts: (readonly FromHost[])[] = []
  const { send } = new Outbox((messages) => {
    posts.push(messages)
    if (posts.length === 2) arrived.dispatchEvent(new Event('second'))
  })
  const second = once(arrived, 'second')
  send(item(1))
  send(item(2))
  await second
  expect(posts).toEqual([[item(1)], [item(2)]])
})
