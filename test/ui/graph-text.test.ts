import { expect, test } from 'vitest'
import type { StageGraph } from '../../runner/explain/graph.ts'
import { graphAscii, graphDot, graphMermaid } from '../../ui/graph-text.ts'

const edge = (text: string) => {
  const [from, to] = text.split(' > ')
  return { from, to }
}
const node = (id: string, count = 1) => ({ id, kind: `${id}/example`, count })

const SWEEP: StageGraph = {
  nodes: [
    ...['acquire', 'split', 'enhance', 'augment', 'extract', 'sample'].map((id) => node(id)),
    node('pca', 3),
    ...['train', 'score', 'evaluate', 'export'].map((id) => node(id, 6)),
  ],
  edges: [
    'acquire > split',
    'split > enhance',
    'enhance > augment',
    'augment > extract',
    'extract > sample',
    'sample > pca',
    'extract > score',
    'sample > train',
    'pca > train',
    'train > score',
    'score > evaluate',
    'train > export',
    'score > export',
    'evaluate > export',
  ].map(edge),
}

test('a sweep stands together, and needs beside the chain are told below', () => {
  expect(graphAscii(SWEEP).join('\n')).toBe(`\
acquire > split > enhance > augment > extract > sample > pca x3 > train x6 > score x6 > evaluate x6 > export x6
also: extract > score, sample > train, train > export, score > export`)
})

const FORK: StageGraph = {
  nodes: [
    { ...node('a'), plan: { fresh: 1 } },
    { ...node('b', 3), plan: { fresh: 2, run: 1 } },
    { ...node('c'), plan: { maybe: 1 } },
  ],
  edges: ['a > b', 'a > c'].map(edge),
}

test('what a plan says of each stands behind it', () => {
  expect(graphAscii(FORK)).toEqual(['a (fresh) > b x3 (2 fresh, 1 run)', 'c (maybe)', 'also: a > c'])
})

test('Mermaid and Graphviz', () => {
  expect(graphMermaid(FORK)).toEqual([
    'flowchart LR',
    '  s1["a (fresh)"]',
    '  s2["b x3 (2 fresh, 1 run)"]',
    '  s3["c (maybe)"]',
    '  s1 --> s2',
    '  s1 --> s3',
  ])
  expect(graphDot({ nodes: [node('a'), node('b')], edges: [edge('a > b')] })).toEqual([
    'digraph pipeline {',
    '  rankdir=LR',
    '  node [shape=box]',
    '  "a" [label="a"]',
    '  "b" [label="b"]',
    '  "a" -> "b"',
    '}',
  ])
})
