import { render } from 'preact';
import base from '../style/base.css?inline';
import graph from '../style/graph.css?inline';
import lists from '../style/lists.css?inline';
import theme from '../style/theme.css?inline';
import own from './alone.css?inline';
import { Alone } from './Alone';
import type { Held } from './held';

/** The picture of a route in a file: the river in place of the drawing, on screen. */
const known = document.querySelector('script[type="application/json"]');
const drawing = document.querySelector('figure > .picture');
if (known && drawing) {
  const host = document.createElement('div');
  host.className = 'live';
  drawing.before(host);
  document.documentElement.classList.add('is-live');
  const root = host.attachShadow({ mode: 'open' });
  const style = document.createElement('style');
  style.textContent = theme + base + graph + lists + own;
  const place = document.createElement('div');
  root.append(style, place);
  render(<Alone held={JSON.parse(known.textContent!) as Held} host={host} />, place);
}
