import { formatDuration } from '../../base/format.ts'
import type { RunStage } from '../../runner/history/run-document.ts'
import { type Html, html } from '../page/html.ts'

/** Each stage by its name: how often it stands in the plan, how many of these were one result, and what they took. */
export function sharedStages(stages: readonly RunStage[]): Html {
  const names = [...new Set(stages.filter(({ list }) => !list).map(({ stage }) => stage))]
  return html`<section><h2>What the variants shared</h2>
    <p class="soft">A stage that no axis reaches is there once for all variants; of those that axes reach, equal keys are one result.</p>
    <div class="scroll"><table><thead><tr><th>stage</th><th class="number">in the plan</th><th class="number">different keys</th><th class="number">computed</th><th class="number">time</th><th class="number">saved</th></tr></thead>
    <tbody>${names.map((name) => {
      const of = stages.filter(({ stage }) => stage === name)
      const keys = new Set(of.flatMap(({ key }) => key ?? []))
      const sum = (value: (stage: RunStage) => number): number => of.reduce((total, each) => total + value(each), 0)
      return html`<tr><td>${name}</td><td class="number">${of.length}</td><td class="number">${keys.size}</td>
        <td class="number">${of.filter(({ state }) => state === 'done').length}</td>
        <td class="number">${formatDuration(sum(({ wallMs }) => wallMs))}</td>
        <td class="number soft">${formatDuration(sum(({ savedMs }) => savedMs))}</td></tr>`
    })}</tbody></table></div></section>`
}
