import type { ByteReader } from './byte-reader.ts'

/** A class or function that a pickle names. It is only ever compared, never looked up. */
export class PickleGlobal {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** What a pickle's calls and persistent ids mean to its reader. */
export interface PickleHooks {
  /** Called for REDUCE and NEWOBJ: the value of `callee(args)`, or undefined where this call is not allowed. */
  readonly call: (callee: string, args: readonly PickleValue[]) => PickleValue | undefined
  /** Called for BINPERSID: the value that the id stands for, or undefined where it has none. */
  readonly persistent: (id: PickleValue) => PickleValue | undefined
}

export type PickleDict = Map<PickleValue, PickleValue>
/** Lists and tuples are both arrays here; objects are what the hooks returned. */
export type PickleValue = null | boolean | number | bigint | string | PickleValue[] | PickleDict | object

const MARK = Symbol('mark')
type Slot = PickleValue | typeof MARK

/** Opcodes of pickle protocol 2 as torch writes them (CPython's pickletools has their definitions). */
const OP = {
  PROTO: 0x80,
  STOP: 0x2e,
  MARK: 0x28,
  NONE: 0x4e,
  NEWTRUE: 0x88,
  NEWFALSE: 0x89,
  BININT: 0x4a,
  BININT1: 0x4b,
  BININT2: 0x4d,
  LONG1: 0x8a,
  BINFLOAT: 0x47,
  BINUNICODE: 0x58,
  EMPTY_TUPLE: 0x29,
  TUPLE: 0x74,
  TUPLE1: 0x85,
  TUPLE2: 0x86,
  TUPLE3: 0x87,
  EMPTY_LIST: 0x5d,
  APPEND: 0x61,
  APPENDS: 0x65,
  EMPTY_DICT: 0x7d,
  SETITEM: 0x73,
  SETITEMS: 0x75,
  GLOBAL: 0x63,
  REDUCE: 0x52,
  NEWOBJ: 0x81,
  BUILD: 0x62,
  BINPERSID: 0x51,
  BINPUT: 0x71,
  LONG_BINPUT: 0x72,
  BINGET: 0x68,
  LONG_BINGET: 0x6a,
} as const

/**
 * Reads one pickle at the cursor and leaves the cursor behind it. Nothing is executed: a global is a name, a call goes to
 * `hooks.call`, which knows the few that a checkpoint needs; attributes (BUILD) are dropped. Anything else is E304.
 */
export function readPickle(reader: ByteReader, hooks: PickleHooks): PickleValue {
  const stack: Slot[] = []
  const memo = new Map<number, PickleValue>()

  const pop = (): PickleValue => {
    const value = stack.pop()
    if (value === undefined || value === MARK) throw reader.fail('not a pickle (stack runs empty)')
    return value
  }
  const popToMark = (): PickleValue[] => {
    const at = stack.lastIndexOf(MARK)
    if (at < 0) throw reader.fail('not a pickle (no mark)')
    const values = stack.splice(at).slice(1)
    return values as PickleValue[]
  }
  const popTuple = (size: number): PickleValue[] => Array.from({ length: size }, pop).reverse()
  const topList = (): PickleValue[] => {
    const list = stack.at(-1)
    if (!Array.isArray(list)) throw reader.fail('not a pickle (append to no list)')
    return list as PickleValue[]
  }
  const setItems = (pairs: readonly PickleValue[]): void => {
    const dict = stack.at(-1)
    if (!(dict instanceof Map) || pairs.length % 2 !== 0) throw reader.fail('not a pickle (item of no dictionary)')
    for (let i = 0; i < pairs.length; i += 2) dict.set(pairs[i], pairs[i + 1])
  }
  const recall = (slot: number): PickleValue => {
    const value = memo.get(slot)
    if (value === undefined) throw reader.fail('not a pickle (recalls what was never kept)')
    return value
  }
  const keep = (slot: number): void => {
    const value = pop()
    memo.set(slot, value)
    stack.push(value)
  }

  for (;;) {
    const opcode = reader.uint8()
    switch (opcode) {
      case OP.PROTO:
        if (reader.uint8() !== 2) throw reader.fail('another pickle protocol than 2')
        break
      case OP.STOP: {
        const value = pop()
        if (stack.length > 0) throw reader.fail('not a pickle (values left over)')
        return value
      }
      case OP.MARK:
        stack.push(MARK)
        break
      case OP.NONE:
        stack.push(null)
        break
      case OP.NEWTRUE:
        stack.push(true)
        break
      case OP.NEWFALSE:
        stack.push(false)
        break
      case OP.BININT:
        stack.push(reader.int32())
        break
      case OP.BININT1:
        stack.push(reader.uint8())
        break
      case OP.BININT2:
        stack.push(reader.uint16())
        break
      case OP.LONG1:
        stack.push(littleEndian(reader.slice(reader.uint8())))
        break
      case OP.BINFLOAT:
        stack.push(reader.float64BigEndian())
        break
      case OP.BINUNICODE:
        stack.push(reader.text(reader.uint32()))
        break
      case OP.EMPTY_TUPLE:
      case OP.EMPTY_LIST:
        stack.push([])
        break
      case OP.TUPLE:
        stack.push(popToMark())
        break
      case OP.TUPLE1:
      case OP.TUPLE2:
      case OP.TUPLE3:
        stack.push(popTuple(opcode - OP.TUPLE1 + 1))
        break
      case OP.APPEND: {
        const value = pop()
        topList().push(value)
        break
      }
      case OP.APPENDS: {
        const values = popToMark()
        const list = topList()
        for (const value of values) list.push(value)
        break
      }
      case OP.EMPTY_DICT:
        stack.push(new Map())
        break
      case OP.SETITEM:
        setItems(popTuple(2))
        break
      case OP.SETITEMS:
        setItems(popToMark())
        break
      case OP.GLOBAL:
        stack.push(new PickleGlobal(`${reader.line()}.${reader.line()}`))
        break
      case OP.REDUCE:
      case OP.NEWOBJ: {
        const [callee, args] = popTuple(2)
        if (!(callee instanceof PickleGlobal) || !Array.isArray(args)) throw reader.fail('not a pickle (odd call)')
        const value = hooks.call(callee.name, args as PickleValue[])
        if (value === undefined) throw reader.fail(`calls ${JSON.stringify(callee.name)}, which no weights need`)
        stack.push(value)
        break
      }
      case OP.BUILD:
        pop()
        break
      case OP.BINPERSID: {
        const value = hooks.persistent(pop())
        if (value === undefined) throw reader.fail('a tensor with a storage of unknown kind')
        stack.push(value)
        break
      }
      case OP.BINPUT:
        keep(reader.uint8())
        break
      case OP.LONG_BINPUT:
        keep(reader.uint32())
        break
      case OP.BINGET:
        stack.push(recall(reader.uint8()))
        break
      case OP.LONG_BINGET:
        stack.push(recall(reader.uint32()))
        break
      default:
        reader.position--
        throw reader.fail(`no weights of torch (pickle opcode 0x${opcode.toString(16).padStart(2, '0')})`)
    }
  }
}

/** Two's complement of any length up to 255 bytes; a number where it is exact. */
function littleEndian(bytes: Uint8Array): number | bigint {
  let value = 0n
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i])
  const signed = BigInt.asIntN(bytes.length * 8, value)
  const small = Number(signed)
  return Number.isSafeInteger(small) ? small : signed
}
