import { useTitle } from '../../components/useTitle';
import { AuditTrail } from './AuditTrail';

/** Who changed what, when and why; of everything. */
export function AuditPage() {
  useTitle('Audit');
  return (
    <div style={{ display: 'grid', gap: 16 }}>
      <h1>Audit trail</h1>
      <AuditTrail subjectId={null} />
    </div>
  );
}

/** The same of one model. */
export function ModelTimelineTab({ modelId }: { modelId: string }) {
  return <AuditTrail subjectId={modelId} />;
}
