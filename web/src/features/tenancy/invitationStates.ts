import type { InvitationState } from '../../gql/graphql';

/** What became of an invitation, as it stands in a list. */
export const INVITATION_STATES: Record<InvitationState, string> = {
  OPEN: 'Open',
  ACCEPTED: 'Accepted',
  DECLINED: 'Declined',
  WITHDRAWN: 'Withdrawn',
  EXPIRED: 'Expired',
};
