import { useTitle } from '../../components/useTitle';
import { AlertBoard } from './AlertBoard';

/** Every alert of every model. */
export function AlertsPage() {
  useTitle('Alerts');
  return (
    <div style={{ display: 'grid', gap: 16 }}>
      <h1>Alerts</h1>
      <AlertBoard modelId={null} />
    </div>
  );
}
