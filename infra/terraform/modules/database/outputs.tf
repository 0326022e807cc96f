output "identifier" {
  description = "Identifier of the instance."
  value       = aws_db_instance.this.identifier
}

output "arn" {
  description = "The instance."
  value       = aws_db_instance.this.arn
}

output "host" {
  description = "Host name; the same after a failover."
  value       = aws_db_instance.this.address
}

output "admin_secret_arn" {
  description = "Secret with the administrator's user name and password."
  value       = aws_db_instance.this.master_user_secret[0].secret_arn
}
