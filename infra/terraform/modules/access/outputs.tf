output "role_arns" {
  description = "Service account to role ARN."
  value       = { for account, role in aws_iam_role.this : account => role.arn }
}
