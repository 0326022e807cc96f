output "cluster_secret_arns" {
  description = "What External Secrets may read."
  value = concat(
    [for secret in aws_secretsmanager_secret.database : secret.arn],
    [for secret in aws_secretsmanager_secret.token : secret.arn],
    [aws_secretsmanager_secret.workflowstore.arn, aws_secretsmanager_secret.monitoring.arn],
  )
}
