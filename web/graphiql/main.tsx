import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { keepRenewing, resume } from '../src/lib/renewal';
import { Explorer } from './Explorer';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no place for GraphiQL.');
void resume().then(() => {
  keepRenewing();
  createRoot(root).render(
    <StrictMode>
      <Explorer />
    </StrictMode>,
  );
});
