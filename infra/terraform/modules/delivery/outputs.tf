output "registry" {
  description = "image.registry of the chart's values."
  value       = "${split("/", values(aws_ecr_repository.this)[0].repository_url)[0]}/ticketing"
}

output "role_arns" {
  description = "Repository variables of the workflows: images, plan, deploy."
  value       = { for name, role in aws_iam_role.github : name => role.arn }
}
