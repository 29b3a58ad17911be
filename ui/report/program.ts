/**
 * What the page does in a browser, as its text: the only script it may run (its digest stands in the page's policy). Without
 * it everything can still be read. It touches what is in the page and loads nothing.
 */
export const PROGRAM = `'use strict';
(() => {
  const by = (id) => document.getElementById(id);
  const counted = (n, of) => of === 0 ? '' : (100 * n / of).toFixed(1) + ' %';

  // The slider under the histogram: decisions counted anew.
  const box = by('try-limit');
  if (box) {
    const scores = JSON.parse(by('scores').textContent);
    const slider = by('limit');
    const drawing = document.querySelector('#histogram svg');
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'line');
    const { width, height } = drawing.viewBox.baseVal;
    line.id = 'limit-line';
    line.setAttribute('y1', 18);
    line.setAttribute('y2', height - 20);
    drawing.append(line);
    const count = () => {
      const limit = Number(slider.value);
      const n = [[0, 0], [0, 0]];
      for (const [score, bad] of scores) n[bad][score > limit ? 1 : 0]++;
      const [[goodOk, goodNok], [badOk, badNok]] = n;
      by('good-ok').textContent = goodOk;
      by('good-nok').textContent = goodNok;
      by('bad-ok').textContent = badOk;
      by('bad-nok').textContent = badNok;
      by('false-rejects').textContent = counted(goodNok, goodOk + goodNok) + ' false rejects';
      by('misses').textContent = counted(badOk, badOk + badNok) + ' misses';
      by('limit-value').textContent = 'NOK above ' + Number(limit.toPrecision(4));
      const share = (limit - slider.min) / (slider.max - slider.min);
      line.setAttribute('x1', share * width);
      line.setAttribute('x2', share * width);
    };
    slider.addEventListener('input', count);
    by('limit-back').addEventListener('click', () => { slider.value = slider.dataset.chosen; count(); });
    box.hidden = false;
    count();
  }

  // The gallery: order, choice, what lies over the images.
  const controls = by('controls');
  if (!controls) return;
  const cards = [...document.querySelectorAll('.card')];
  const list = by('cards');
  const fits = {
    all: () => true,
    wrong: (card) => card.dataset.wrong !== '',
    miss: (card) => card.dataset.wrong === 'miss',
    reject: (card) => card.dataset.wrong === 'reject',
    nok: (card) => card.dataset.label === 'nok',
    ok: (card) => card.dataset.label === 'ok',
  };
  const orders = {
    worst: (a, b) => a.dataset.index - b.dataset.index,
    score: (a, b) => b.dataset.score - a.dataset.score,
    rising: (a, b) => a.dataset.score - b.dataset.score,
    name: (a, b) => a.dataset.name < b.dataset.name ? -1 : 1,
  };
  let shown = cards;
  const show = () => {
    const { order, show: choice, heat, predicted, truth } = controls.elements;
    cards.sort(orders[order.value]);
    list.append(...cards);
    for (const card of cards) card.hidden = !fits[choice.value](card);
    shown = cards.filter((card) => !card.hidden);
    by('shown-count').textContent = shown.length + ' of ' + cards.length;
    const root = document.documentElement;
    root.style.setProperty('--heat', heat.value);
    root.classList.toggle('without-predicted', !predicted.checked);
    root.classList.toggle('without-truth', !truth.checked);
  };
  controls.addEventListener('input', show);
  controls.addEventListener('submit', (event) => event.preventDefault());
  controls.hidden = false;
  show();

  // One image large, with keys to walk through all that are shown.
  const viewer = by('viewer');
  const zoomed = by('zoomed');
  const divider = by('divider');
  let at = 0;
  let zoom = 1;
  const look = () => {
    const stack = shown[at].querySelector('.stack');
    const over = stack.cloneNode(true);
    over.className = 'over stack';
    zoomed.replaceChildren(stack.firstElementChild.cloneNode(true), over);
    zoomed.firstElementChild.style.width = '100%';
    by('viewer-words').textContent = shown[at].querySelector('.words').textContent.replace(/\\s+/g, ' ') + ' (' + (at + 1) + ' of ' + shown.length + ')';
    viewer.style.setProperty('--divider', divider.value + '%');
    viewer.style.setProperty('--zoom', zoom);
  };
  divider.addEventListener('input', look);
  list.addEventListener('click', (event) => {
    const card = event.target.closest('.card');
    if (!card) return;
    at = shown.indexOf(card);
    zoom = 1;
    look();
    viewer.showModal();
  });
  const flip = (name) => { controls.elements[name].checked = !controls.elements[name].checked; show(); };
  const keys = {
    ArrowRight: () => { at = (at + 1) % shown.length; },
    ArrowLeft: () => { at = (at + shown.length - 1) % shown.length; },
    h: () => { const { heat } = controls.elements; heat.value = heat.value > 0 ? 0 : 0.6; show(); },
    p: () => flip('predicted'),
    t: () => flip('truth'),
    '+': () => { zoom = Math.min(8, zoom * 1.5); },
    '-': () => { zoom = Math.max(1, zoom / 1.5); },
    0: () => { zoom = 1; },
  };
  viewer.addEventListener('keydown', (event) => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.target === divider && event.key.startsWith('Arrow')) return;
    event.preventDefault();
    act();
    look();
  });
  viewer.addEventListener('close', () => shown[at]?.focus());
})();
`
