import { Writer } from 'protobufjs/minimal.js'
import { type Attribute, type Elements, type Graph, liveNodes, type Node, type Value } from './graph.ts'
import { onnxType } from './rewrites.ts'

const IR_VERSION = 8
const OPSET = 18
/** Operators of ONNX Runtime's own that the graph may hold. */
const CONTRIBUTED = new Set(['FusedConv', 'FusedMatMul'])
const CONTRIBUTED_DOMAIN = 'com.microsoft'

/**
 * Serialises the part of a graph that its outputs need as an ONNX ModelProto (onnx.proto3, the field numbers below).
 * Each output needs a value of its own that a node made.
 */
export function encodeModel(graph: Graph, outputs: Readonly<Record<string, Value>>, name: string): Uint8Array {
  const names = new Map<Value, string>()
  for (const [key, value] of Object.entries(outputs)) names.set(value, key)
  const nameOf = (value: Value): string => value.input ?? names.get(value) ?? `v${value.id}`
  const nodes = liveNodes(Object.values(outputs))
  const constants = new Set(nodes.flatMap((node) => node.inputs.filter((value) => value.constant)))

  const writer = Writer.create()
  writer.uint32(tag(1, VARINT)).int64(IR_VERSION)
  text(writer, 2, 'flawline')
  writer.uint32(tag(7, BYTES)).fork()
  for (const node of nodes) encodeNode(writer, node, nameOf)
  text(writer, 2, name)
  for (const value of constants) encodeTensor(writer, 5, value, nameOf(value))
  for (const value of graph.inputs) encodeValueInfo(writer, 11, value, nameOf(value))
  for (const value of Object.values(outputs)) encodeValueInfo(writer, 12, value, nameOf(value))
  writer.ldelim()
  encodeOperators(writer, '', OPSET)
  if (nodes.some((node) => CONTRIBUTED.has(node.op))) encodeOperators(writer, CONTRIBUTED_DOMAIN, 1)
  return writer.finish()
}

const VARINT = 0
const BYTES = 2
const FIXED32 = 5
const tag = (field: number, wire: number): number => (field << 3) | wire

function text(writer: Writer, field: number, value: string): void {
  writer.uint32(tag(field, BYTES)).string(value)
}

function encodeOperators(writer: Writer, domain: string, version: number): void {
  writer.uint32(tag(8, BYTES)).fork()
  text(writer, 1, domain)
  writer.uint32(tag(2, VARINT)).int64(version)
  writer.ldelim()
}

function encodeNode(writer: Writer, node: Node, nameOf: (value: Value) => string): void {
  writer.uint32(tag(1, BYTES)).fork()
  for (const value of node.inputs) text(writer, 1, nameOf(value))
  for (const value of node.outputs) text(writer, 2, nameOf(value))
  text(writer, 4, node.op)
  for (const [name, attribute] of Object.entries(node.attributes)) encodeAttribute(writer, name, attribute)
  if (CONTRIBUTED.has(node.op)) text(writer, 7, CONTRIBUTED_DOMAIN)
  writer.ldelim()
}

function encodeAttribute(writer: Writer, name: string, attribute: Attribute): void {
  writer.uint32(tag(5, BYTES)).fork()
  text(writer, 1, name)
  let type: number
  if ('float' in attribute) {
    writer.uint32(tag(2, FIXED32)).float(attribute.float)
    type = 1
  } else if ('int' in attribute) {
    writer.uint32(tag(3, VARINT)).int64(attribute.int)
    type = 2
  } else if ('text' in attribute) {
    text(writer, 4, attribute.text)
    type = 3
  } else {
    for (const value of attribute.ints) writer.uint32(tag(8, VARINT)).int64(value)
    type = 7
  }
  writer.uint32(tag(20, VARINT)).int32(type)
  writer.ldelim()
}

function encodeTensor(writer: Writer, field: number, value: Value, name: string): void {
  const elements = value.constant as Elements
  writer.uint32(tag(field, BYTES)).fork()
  for (const n of value.shape) writer.uint32(tag(1, VARINT)).int64(n)
  writer.uint32(tag(2, VARINT)).int32(onnxType(value.type))
  text(writer, 8, name)
  writer.uint32(tag(9, BYTES)).bytes(new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength))
  writer.ldelim()
}

function encodeValueInfo(writer: Writer, field: number, value: Value, name: string): void {
  writer.uint32(tag(field, BYTES)).fork()
  text(writer, 1, name)
  writer.uint32(tag(2, BYTES)).fork() // TypeProto
  writer.uint32(tag(1, BYTES)).fork() // TypeProto.Tensor
  writer.uint32(tag(1, VARINT)).int32(onnxType(value.type))
  writer.uint32(tag(2, BYTES)).fork() // TensorShapeProto
  for (const [axis, n] of value.shape.entries()) {
    const name = value.axes?.[axis]
    writer.uint32(tag(1, BYTES)).fork()
    if (name === undefined) writer.uint32(tag(1, VARINT)).int64(n)
    else text(writer, 2, name)
    writer.ldelim()
  }
  writer.ldelim()
  writer.ldelim()
  writer.ldelim()
  writer.ldelim()
}
