import { defineErrors } from '#platform';

export const governanceError = defineErrors({
  KAZE_APPROVAL_UNKNOWN: {
    kind: 'caller',
    status: 404,
    when: 'No approval, and no task with one, has this id within what the caller may see.',
    remedy: 'Check the id; `kaze tasks list` shows what waits.',
  },
  KAZE_APPROVAL_FORBIDDEN: {
    kind: 'caller',
    status: 403,
    when: 'The caller may not decide: an agent, a part of the system, a viewer, or a person without a node in the graph.',
    remedy: 'Let a person with the role reviewer or above decide.',
  },
  KAZE_APPROVAL_DECIDED: {
    kind: 'caller',
    status: 409,
    when: 'The approval was decided before, or withdrawn; the first decision wins.',
    remedy: 'Look at the decision; retry the task when another outcome is wanted.',
  },
  KAZE_APPROVAL_REASON: {
    kind: 'caller',
    status: 422,
    when: 'A rejection came without a reason.',
    remedy: 'Say why: the reason is what the agent and its makers learn from.',
  },
  KAZE_APPROVAL_OUTPUT: {
    kind: 'caller',
    status: 422,
    when: 'An edit came without outputs, with outputs that the skill does not declare, or outputs came with no edit.',
    remedy: 'Give all outputs of the skill, as the message lists them.',
  },
  KAZE_DELIVERY_GUARDED: {
    kind: 'internal',
    status: 403,
    when: 'Something tried to deliver, to decide, or to change what waits for a decision, without governance.',
    remedy: 'Go through the delivery gate or decideApproval; nothing else may write these states.',
  },
  KAZE_AUDIT_FORBIDDEN: {
    kind: 'caller',
    status: 403,
    when: 'The caller may not read these audit records.',
    remedy: 'Use a token with the role operator or admin that reaches the scope.',
  },
  KAZE_TOKEN_UNKNOWN: {
    kind: 'caller',
    status: 404,
    when: 'No token with this id exists within what the caller may manage.',
    remedy: 'Check the id; `kaze tokens list` shows them.',
  },
  KAZE_TOKEN_FORBIDDEN: {
    kind: 'caller',
    status: 403,
    when: 'The caller may not make or revoke such a token: not an admin, beyond its own reach, or beyond the owner’s role.',
    remedy: 'Ask an admin, or ask for less: a lower role, one client.',
  },
  KAZE_TOKEN_INPUT: {
    kind: 'caller',
    status: 422,
    when: 'A token was asked for with a wrong name, owner, client or expiry.',
    remedy: 'Correct the part that the message names.',
  },
});
