output "state_table" {
  description = "Name of the DynamoDB table."
  value       = aws_dynamodb_table.state.name
}

output "files_bucket" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.files.id
}

output "logs_bucket" {
  description = "Name of the bucket of access logs."
  value       = aws_s3_bucket.logs.id
}
