import { MantineProvider } from '@mantine/core';
import { BrowserRouter } from 'react-router';
import { styleNonce } from '../lib/nonce';
import { Api } from './Api';
import { Places } from './Places';
import { cssVariables, theme } from './theme';

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto" getStyleNonce={styleNonce}>
      <Api>
        <BrowserRouter>
          <Places />
        </BrowserRouter>
      </Api>
    </MantineProvider>
  );
}
