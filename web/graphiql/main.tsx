import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Explorer } from './Explorer';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no place for GraphiQL.');
createRoot(root).render(
  <StrictMode>
    <Explorer />
  </StrictMode>,
);
