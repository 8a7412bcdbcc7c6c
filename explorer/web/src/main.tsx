import './style/theme.css';
import './style/base.css';
import './style/graph.css';
import './style/lists.css';
import './style/layout.css';
import { render } from 'preact';
import { ExplorerContext } from './state/hooks';
import { Explorer } from './state/store';
import { followTheme } from './state/theme';
import { Page } from './shell/Page';

const explorer = new Explorer();
followTheme(explorer);
render(
  <ExplorerContext.Provider value={explorer}>
    <Page />
  </ExplorerContext.Provider>,
  document.body,
);
void explorer.start();
