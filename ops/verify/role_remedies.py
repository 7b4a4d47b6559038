"""The commands that fix a policy of the nodes' role, by whose policy it is."""

from ops.iam.document import Document
from ops.verify.live_role import LiveRole


def policy_remedy(role: LiveRole, document: Document) -> str:
    """Return the command for a policy that denies or allows more than the stack's own do.

    All of the stack's own policies are inline, but so may be others.
    """
    if document == role.boundary:
        return (
            f"aws iam put-role-permissions-boundary --role-name {role.name} "
            "--permissions-boundary ARN, the ARN of a policy that allows what the nodes call"
        )
    if document in role.attached:
        return f"aws iam detach-role-policy --role-name {role.name} --policy-arn {document.name}"
    return (
        "pulumi up --refresh; for a policy that is not the stack's: aws iam delete-role-policy "
        f"--role-name {role.name} --policy-name {document.name}"
    )
