import '@mantine/core/styles.css';
import '@mantine/spotlight/styles.css';
import './app/theme.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { tellStyleNonce } from './lib/nonce';
import { enter } from './lib/place';
import { keepRenewing, resume } from './lib/renewal';
import { reloadForAnotherRelease } from './lib/release';

tellStyleNonce();
reloadForAnotherRelease(() => window.location.reload());
enter(window);

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no place for the dashboard.');
void resume().then(() => {
  keepRenewing();
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
});
